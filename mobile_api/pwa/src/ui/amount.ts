// '1.250,5' as people write it here, and '2.5' as a keyboard may give it. Null: no number.
export function amountOf(typed: string): number | null {
  const text = typed.replace(/\s/g, "");
  const plain = /^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(text) ? text.replace(/\./g, "").replace(",", ".") : text.replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) && plain.length <= 15 ? Number(plain) : null;
}
