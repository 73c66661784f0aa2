// Unpacks with the browser's own decompressor, never more than `most` bytes: a small file may hold a very large one.
export type Packing = "gzip" | "deflate" | "deflate-raw";

export class TooLarge extends Error {}

export async function unpack(packed: Uint8Array<ArrayBuffer>, how: Packing, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream(how)).getReader();
  const whole = new Uint8Array(most);
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return whole.slice(0, size);
    if (size + value.length > most) {
      void reader.cancel().catch(() => undefined);
      throw new TooLarge();
    }
    whole.set(value, size);
    size += value.length;
  }
}
