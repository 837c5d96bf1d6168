// Stands for `gl.ts` in the report, which draws its map as SVG.
export function open(): never {
  throw new Error("the report holds no moving map");
}
