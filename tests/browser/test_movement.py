"""A business on the phone: entered without signal, looked at, counted once there is signal; the officer publishes a review."""

import uuid

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from backend import clock
from backend.db.engine import Database
from backend.db.node import own_unit
from backend.participation.models import Fact
from backend.safeguards.audit import OPERATOR
from campaigns import campaigns, drafting, lifecycle
from campaigns.models import Activity
from campaigns.movement.models import Enrolment, Firm, Mark, Promise
from campaigns.pack import read_pack
from campaigns.pack.store import SHIPPED
from tests.browser.demo_node import DemoNode
from tests.browser.steps import (
    Newcomer,
    expect_draft_saved,
    expect_no_sideways_scroll,
    expect_tally,
    find_signal,
    keep_app_on_phone,
    lose_signal,
    reopen_tab,
    sign_in_as_new,
    sign_in_to_console,
    tid,
)
from tests.browser.test_accessible import Look

pytestmark = pytest.mark.browser

NAME = "Tạp hóa Cô Lành (hư cấu)"
GOAL = "Dán mã ở quầy (hư cấu)"
FIRST, SECOND, THIRD = "nhan-tien-qua-ma", "hoa-don-dien-tu", "so-sach-dien-tu"


class Commune:
    """The movement of firms, opened where the demo has none of that pack."""

    def __init__(self, node: DemoNode) -> None:
        self.database = Database(f"sqlite:///{node.data / 'lantoa.sqlite3'}")
        with self.database.transaction() as session:
            pack = read_pack(SHIPPED / "doanh-nghiep-tien-phong")
            paper = drafting.Document("31/KH-UBND (hư cấu)", clock.today(), "Kế hoạch (hư cấu)")
            dates = drafting.dates_of(pack, clock.today())
            draft = drafting.prepare(session, pack, own_unit(session), dates, OPERATOR, document=paper)
            campaigns.release(session, draft.id, OPERATOR)
            query = select(Activity).where(Activity.campaign_id == draft.id, Activity.kind == "movement")
            activity = session.scalars(query).one()
            if activity.state == "scheduled":
                lifecycle.open_activity(session, activity, OPERATOR)
            self.activity: uuid.UUID = activity.id

    def counted(self, measure: str) -> int:
        with self.database.transaction(writes=False) as session:
            query = select(func.sum(Fact.quantity)).where(
                Fact.measure == measure, Fact.activity_id == self.activity
            )
            return session.scalar(query) or 0

    def set_itself(self) -> list[str]:
        """Goals in words, of firms."""
        with self.database.transaction(writes=False) as session:
            return list(session.scalars(select(Promise.words).where(Promise.words == GOAL)))

    def said(self) -> dict[str, bool | None]:
        with self.database.transaction(writes=False) as session:
            return {
                row.criterion: row.met
                for row in session.scalars(select(Mark))
                if row.criterion in (FIRST, SECOND, THIRD)
            }


@pytest.fixture
def commune(node: DemoNode) -> Commune:
    return Commune(node)


def open_movement(phone: Page, commune: Commune) -> None:
    phone.evaluate(f"location.hash = '#/activity/{commune.activity}'")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Doanh nghiệp tiên phong")


def agree(phone: Page) -> None:
    tid(phone, "enter-movement").click()
    tid(phone, "consent-check").check()
    tid(phone, "consent-agree").click()
    expect(tid(phone, "begin-enrol")).to_be_visible()


def test_a_business_enters_without_signal_and_looks_at_itself(
    phone: Page, desk: Page, commune: Commune
) -> None:
    look = Look()
    sign_in_as_new(phone, Newcomer(name="Nguyễn Thị Lành"))
    keep_app_on_phone(phone)
    open_movement(phone, commune)
    agree(phone)
    expect_no_sideways_scroll(phone)

    lose_signal(phone)
    tid(phone, "begin-enrol").click()
    tid(phone, "save-enrol").click()
    expect(phone.get_by_role("alert").first).to_be_visible()
    tid(phone, "firm-name").fill(NAME)
    expect_draft_saved(phone)
    phone = reopen_tab(phone)
    open_movement(phone, commune)
    tid(phone, "begin-enrol").click()
    expect(tid(phone, "firm-name")).to_have_value(NAME)
    look(phone, "movement-enrol")
    tid(phone, "save-enrol").click()

    expect(tid(phone, "ask").first).to_be_visible()
    tid(phone, f"yes-{FIRST}").click()
    tid(phone, f"no-{SECOND}").click()
    expect(tid(phone, "so-far")).to_contain_text("2 trong")
    look(phone, "movement-assess")
    expect_no_sideways_scroll(phone)
    tid(phone, "save-assess").click()
    expect(tid(phone, "firm")).to_contain_text(NAME)
    expect(tid(phone, "firm-waits")).to_be_visible()
    tid(phone, "firm").click()
    tid(phone, "goals").click()
    tid(phone, "save-goals").click()
    expect(phone.get_by_role("alert").first).to_be_visible()
    tid(phone, f"goal-{FIRST}").fill(GOAL)
    look(phone, "movement-goals")
    expect_no_sideways_scroll(phone)
    tid(phone, "save-goals").click()
    expect(tid(phone, "ask").first).to_be_visible()
    open_movement(phone, commune)
    # Until the page is there it looks like one on which nothing waits, and so the wait below would end at once.
    expect(tid(phone, "firm-waits")).to_be_visible()
    assert commune.counted("movement.firms") == 0

    find_signal(phone)
    expect(tid(phone, "firm-waits")).to_have_count(0)
    expect_tally(phone, waiting=0)
    assert (commune.counted("movement.firms"), commune.counted("movement.assessed")) == (1, 1)
    assert commune.said() == {FIRST: True, SECOND: False}, "left open is not no"
    assert commune.set_itself() == [GOAL]
    look(phone, "movement-home")

    look.fine()

    sign_in_to_console(desk, "thidua")
    desk.goto("/admin/firms")
    expect(tid(desk, "firm-row").filter(has_text=NAME)).to_be_visible()
    desk.goto(f"/admin/movements/{commune.activity}")
    tid(desk, "new-review").click()
    tid(desk, "draft-review").click()
    tid(desk, "publish-review").click()
    expect(tid(desk, "review-state")).to_contain_text("đã công bố")
    desk.goto(f"/phong-trao/{commune.activity}")
    expect(tid(desk, "review")).to_have_count(1)
    assert NAME not in desk.content()

    reopened = reopen_tab(phone)
    open_movement(reopened, commune)
    tid(reopened, "firm").click()
    tid(reopened, "withdraw").click()
    tid(reopened, "confirm-withdraw").click()
    expect(reopened.get_by_text("Đã rút")).to_be_visible()

    tid(reopened, "begin-enrol").click()
    tid(reopened, "firm-name").fill(NAME.upper())
    tid(reopened, "save-enrol").click()
    expect(tid(reopened, f"yes-{FIRST}")).to_have_attribute("aria-pressed", "true")
    expect(tid(reopened, "goals")).to_have_count(0)  # the review froze them
    reopened.wait_for_timeout(500)
    with commune.database.transaction(writes=False) as session:
        query = select(Enrolment.state).join(Firm, Firm.id == Enrolment.firm_id)
        assert session.scalars(query.where(Firm.name == NAME)).all() == ["confirmed"]
