// What can be checked without a browser: dates, tables, proofs.
import { describe, expect, it } from "vitest";
import { compare, csv } from "../../src/csv";
import { isDay, iso, middle, span } from "../../src/dates";
import { box, labelled, ring } from "../../src/map/drawn";
import { href, read } from "../../src/route";
import type { Feature } from "../../src/types";
import { fromBase64, leafHash, readCheckpoint, rootFrom, signedBy, toBase64 } from "../../src/verify";

describe("partial dates", () => {
  it("allow the days they name and no other", () => {
    expect(span("2008-06-26")?.map(iso)).toEqual(["2008-06-26", "2008-06-26"]);
    expect(span("2008-02")?.map(iso)).toEqual(["2008-02-01", "2008-02-29"]);
    expect(span("2009")?.map(iso)).toEqual(["2009-01-01", "2009-12-31"]);
    expect(span("2007-12~")?.map(iso)).toEqual(["2007-12-01", "2007-12-31"]);
    expect(span("2007-10/2008-01")?.map(iso)).toEqual(["2007-10-01", "2008-01-31"]);
    expect(span("2008-13")).toBeUndefined();
    expect(span("soon")).toBeUndefined();
    expect(middle(undefined)).toBeUndefined();
  });
  it("know one exact day", () => {
    expect(isDay("2008-06-30")).toBe(true);
    expect(isDay("2008-06-31")).toBe(false);
    expect(isDay("2008-06")).toBe(false);
  });
});

describe("tables", () => {
  it("are RFC 4180 and begin no formula", () => {
    expect(csv({ columns: ["a", "b"], rows: [['say "x"', "1,5"], ["=1+1", "-3"]] })).toBe('a,b\r\n"say ""x""","1,5"\r\n\'=1+1,-3\r\n');
  });
  it("sort numbers by value, dates as text, nothing last", () => {
    const sorted = ["10 kg", "", "9 kg", "2.5"].sort(compare);
    expect(sorted).toEqual(["2.5", "9 kg", "10 kg", ""]);
    expect(["2008-06", "2007-12-31", "2008-01"].sort(compare)).toEqual(["2007-12-31", "2008-01", "2008-06"]);
    expect(compare("1234567890123456789012345678901234567890", "2")).toBeGreaterThan(0);
  });
});

describe("addresses", () => {
  it("keep page and day", () => {
    expect(read("#/findings?as_of=2008-06-30").page).toBe("findings");
    expect(read("").page).toBe("overview");
    expect(href("map", { as_of: "2008-06-30", why: undefined })).toBe("#/map?as_of=2008-06-30");
  });
});

describe("the map", () => {
  const f = (id: string, lat: number, lon: number, precision_m?: number): Feature => ({ id, kind: "observed", name: id, category: "", lat, lon, verdict: "", ...(precision_m === undefined ? {} : { precision_m }) });
  it("draws a circle as wide as it is told, away from the equator too", () => {
    const points = ring(125, 60, 1000);
    const north = Math.max(...points.map((p) => p[1])) - 60;
    const east = Math.max(...points.map((p) => p[0])) - 125;
    expect(north * 111_320).toBeCloseTo(1000, 0);
    expect(east * 111_320 * Math.cos(Math.PI / 3)).toBeCloseTo(1000, 0);
  });
  it("holds every place in its box and lays no label on another", () => {
    const of = { links: [], features: [f("a", 39, 125, 8000), f("b", 39.001, 125.001, 100), f("c", 42, 130)] };
    const [w, s, e, n] = box(of);
    expect(w < 125 && s < 39 && e > 130 && n > 42).toBe(true);
    expect(labelled(of, 1, 10).map((x) => x.id)).toEqual(["b", "c"]);
  });
});

// RFC 6962 trees over the leaves "0" to "6", reckoned here as the RFC defines them.
async function hash(...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const all = Buffer.concat(parts);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all as unknown as ArrayBuffer));
}
const split = (n: number) => 2 ** Math.floor(Math.log2(n - 1));
async function tree(leaves: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return hash(Uint8Array.of(1), await tree(leaves.slice(0, k)), await tree(leaves.slice(k)));
}
async function path(m: number, leaves: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>[]> {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...(await path(m, leaves.slice(0, k))), await tree(leaves.slice(k))]
    : [...(await path(m - k, leaves.slice(k))), await tree(leaves.slice(0, k))];
}

describe("proofs", () => {
  it("of every leaf of every small tree lead to its root, and no other leaf's do", async () => {
    for (let size = 1; size <= 17; size++) {
      const leaves = await Promise.all(Array.from({ length: size }, (_, i) => leafHash(String(i))));
      const root = toBase64(await tree(leaves));
      for (let i = 0; i < size; i++) {
        const proof = await path(i, leaves);
        expect(toBase64(await rootFrom(leaves[i]!, i, size, proof))).toBe(root);
        if (size > 1) expect(toBase64(await rootFrom(await leafHash("x"), i, size, proof))).not.toBe(root);
        await expect(rootFrom(leaves[i]!, i, size, [...proof, leaves[0]!])).rejects.toThrow("longer");
        if (proof.length > 0) await expect(rootFrom(leaves[i]!, i, size, proof.slice(1))).rejects.toThrow();
      }
    }
    await expect(rootFrom(await leafHash("x"), 1, 1, [])).rejects.toThrow("outside");
  });
  it("the leaf hash is that of RFC 6962", async () => {
    expect(Buffer.from(await leafHash("")).toString("hex")).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  });
  it("a signed note by another's key is not ours", async () => {
    // A note and key of golang.org/x/mod/sumdb/note, whose text is not a checkpoint of three lines of ours.
    const note = "example.com/log\n5\n" + "A".repeat(43) + "=\n\n— example.com/log AAAAAAAA\n";
    expect(readCheckpoint(note)).toMatchObject({ origin: "example.com/log", size: 5 });
    expect(await signedBy(note, `example.com/log+01020304+${toBase64(new Uint8Array(33).fill(1))}`)).toBe("not signed by this key");
    expect(() => readCheckpoint("nothing")).toThrow();
    expect(fromBase64("AQI=")).toEqual(Uint8Array.of(1, 2));
  });
});
