"""All the worlds a reader cannot tell from the true one. Pure.

An unknown is a whole number between two bounds; what was told are equations between unknowns, each with coefficients of one.
The true values are known here, so one world is at hand; others are reached from it by circuits: a change of one unknown, and
of further ones until every equation holds again. A world that was reached is a proof, found by whatever search: as everything
told is true in it as well, nobody can exclude it by calculation. That none was found proves nothing; the figure is then
treated as if it could be calculated.
"""

from collections.abc import Collection, Iterable, Sequence

Expression = tuple[int, ...]
"""Unknowns that add up to something, beside what is known of it"""
TRIES = 300
"""Steps of one search. More find little: circuits that exist are short."""
STEPS = 150_000
"""Of all searches for a table: some seconds at most. After them nothing more is found, and more stays hidden."""


class Worlds:
    def __init__(self) -> None:
        self.value: list[int] = []
        self._low: list[int] = []
        self._high: list[int | None] = []
        self._rows: list[dict[int, int]] = []
        self._of: list[list[int]] = []
        self.fixed: set[int] = set()
        self._left = 0
        self._steps = STEPS

    def unknown(self, value: int, high: int | None = None, low: int = 0) -> int:
        """A new one. Bounds that the true value does not keep are none (an old headcount, a reversal)."""
        self.value.append(value)
        self._low.append(min(low, value))
        self._high.append(None if high is None or high < value else high)
        self._of.append([])
        return len(self.value) - 1

    def also(self, unknown: int, value: int, high: int | None) -> None:
        """The same unknown, a known number higher or lower, once more: its bounds hold there too."""
        apart = value - self.value[unknown]
        self._low[unknown] = min(self.value[unknown], max(self._low[unknown], -apart))
        if high is not None and high >= value:
            before = self._high[unknown]
            self._high[unknown] = high - apart if before is None else min(before, high - apart)

    def equate(self, terms: Iterable[tuple[Expression, int]]) -> None:
        """Expressions, each times one or minus one, add up to something known."""
        row: dict[int, int] = {}
        for expression, sign in terms:
            for unknown in expression:
                row[unknown] = row.get(unknown, 0) + sign
        row = {unknown: sign for unknown, sign in row.items() if sign}
        for unknown in row:
            self._of[unknown].append(len(self._rows))
        self._rows.append(row)

    def mark(self) -> int:
        return len(self._rows)

    def back(self, mark: int) -> None:
        """Forget the equations since the mark."""
        while len(self._rows) > mark:
            for unknown in self._rows.pop():
                self._of[unknown].pop()

    def settle(self) -> None:
        """Find the unknowns that equations leave no choice, one after the other."""
        self.fixed = set()
        left = [len(row) for row in self._rows]
        single = [number for number, count in enumerate(left) if count == 1]
        while single:
            row = self._rows[single.pop()]
            for unknown in row.keys() - self.fixed:
                self.fixed.add(unknown)
                for other in self._of[unknown]:
                    left[other] -= 1
                    if left[other] == 1:
                        single.append(other)

    def is_known(self, expression: Expression) -> bool:
        return self.fixed.issuperset(expression)

    def reached_from(self, expressions: Iterable[Expression]) -> set[int]:
        """The unknowns that hang together with these by equations that leave a choice."""
        todo = [unknown for one in expressions for unknown in one if unknown not in self.fixed]
        found = set(todo)
        while todo:
            for row in self._of[todo.pop()]:
                fresh = self._rows[row].keys() - found - self.fixed
                found |= fresh
                todo.extend(fresh)
        return found

    def can_move(self, expression: Expression, by: int, frozen: Collection[int] = ()) -> bool:
        """Whether a world is reached in which the sum is this much higher (lower). The true world is at hand again after."""
        before, mark = self.value, self.mark()
        self.value = list(before)
        try:
            return self._walk(self._as_one(expression), by, frozen)
        finally:
            self.back(mark)
            for held in (self._low, self._high, self._of):
                del held[len(before) :]
            self.value = before

    def _walk(self, goal: int, by: int, frozen: Collection[int]) -> bool:
        sign, left = 1 if by > 0 else -1, abs(by)
        while left:
            step = self._push(goal, sign, left, frozen)
            if not step:
                return False
            left -= step
        return True

    def _as_one(self, expression: Expression) -> int:
        if len(expression) == 1:
            return expression[0]
        total = sum(self.value[unknown] for unknown in expression)
        one = self.unknown(total, low=min(0, total))
        self.equate([(expression, 1), ((one,), -1)])
        return one

    def _push(self, unknown: int, sign: int, most: int, frozen: Collection[int]) -> int:
        """One circuit, as often as there is room. 0: none found."""
        if unknown in self.fixed or not self._room(unknown, sign):
            return 0
        self._left = TRIES
        moved = {unknown: sign}
        off = {row: self._rows[row][unknown] * sign for row in self._of[unknown]}
        if not self._close(moved, off, frozen):
            return 0
        step = min(most, *(self._room(one, way) for one, way in moved.items()))
        for one, way in moved.items():
            self.value[one] += way * step
        return step

    def _room(self, unknown: int, sign: int) -> int:
        if sign < 0:
            return self.value[unknown] - self._low[unknown]
        high = self._high[unknown]
        return 1_000_000 if high is None else high - self.value[unknown]

    def _close(self, moved: dict[int, int], off: dict[int, int], frozen: Collection[int]) -> bool:
        """Set right an equation that is off, by the unknown that leaves the fewest others off; then the next."""
        if not off:
            return True
        if not self._left or not self._steps:
            return False
        self._left -= 1
        self._steps -= 1
        row = min(off, key=lambda one: len(self._rows[one]))
        for unknown, sign in self._ways(row, off, moved, frozen):
            moved[unknown] = sign
            if self._close(moved, self._after(off, unknown, sign), frozen):
                return True
            del moved[unknown]
        return False

    def _ways(
        self, row: int, off: dict[int, int], moved: dict[int, int], frozen: Collection[int]
    ) -> Sequence[tuple[int, int]]:
        found = []
        for unknown, coefficient in self._rows[row].items():
            sign = -1 if off[row] * coefficient > 0 else 1
            if unknown in moved or unknown in self.fixed or unknown in frozen:
                continue
            if self._room(unknown, sign):
                worse = sum(
                    abs(off.get(one, 0) + self._rows[one][unknown] * sign) - abs(off.get(one, 0))
                    for one in self._of[unknown]
                )
                found.append((worse, unknown, sign))
        return [(unknown, sign) for _, unknown, sign in sorted(found)]

    def _after(self, off: dict[int, int], unknown: int, sign: int) -> dict[int, int]:
        found = dict(off)
        for row in self._of[unknown]:
            found[row] = found.get(row, 0) + self._rows[row][unknown] * sign
            if not found[row]:
                del found[row]
        return found
