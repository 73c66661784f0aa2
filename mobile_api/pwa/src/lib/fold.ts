// The same forgiving comparison the node uses: marks, case and đ do not matter to somebody typing on a small keyboard.
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();
}

export function matches(text: string, query: string): boolean {
  const folded = fold(text);
  return fold(query).split(" ").every((word) => folded.includes(word));
}
