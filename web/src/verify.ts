// Checks a proof of inclusion and a checkpoint in the browser, with nothing but WebCrypto. RFC 6962, section 2.1;
// C2SP signed-note and tlog-checkpoint.

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}

export function toBase64(data: Uint8Array): string {
  return btoa(String.fromCharCode(...data));
}

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

export async function leafHash(entry: string): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(Uint8Array.of(0), bytes(entry));
}

/** The root that a leaf and its proof lead to; throws when the proof has the wrong length. */
export async function rootFrom(
  leaf: Uint8Array<ArrayBuffer>,
  index: number,
  size: number,
  hashes: Uint8Array<ArrayBuffer>[],
): Promise<Uint8Array<ArrayBuffer>> {
  if (index < 0 || index >= size) throw new Error("the entry's number lies outside the tree");
  // RFC 9162, section 2.1.3.2; whole numbers here may pass 2^31, so no bit operators.
  let [fn, sn, node] = [index, size - 1, leaf];
  for (const hash of hashes) {
    if (sn === 0) throw new Error("the proof is longer than the tree is deep");
    if (fn % 2 === 1 || fn === sn) {
      node = await sha256(Uint8Array.of(1), hash, node);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else node = await sha256(Uint8Array.of(1), node, hash);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) throw new Error("the proof is shorter than the tree is deep");
  return node;
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: string;
  /** What was signed. */
  text: string;
  signatures: { name: string; data: Uint8Array<ArrayBuffer> }[];
}

export function readCheckpoint(note: string): Checkpoint {
  const at = note.lastIndexOf("\n\n");
  if (at < 0) throw new Error("the checkpoint has no signatures");
  const text = note.slice(0, at + 1);
  const [origin = "", size = "", root = ""] = text.split("\n");
  if (!/^\d+$/.test(size)) throw new Error("the checkpoint names no size");
  const signatures = note
    .slice(at + 2)
    .split("\n")
    .filter((line) => line.startsWith("— "))
    .map((line) => {
      const [, name = "", data = ""] = line.split(" ");
      return { name, data: fromBase64(data) };
    });
  return { origin, size: Number(size), root, text, signatures };
}

export type Signed = "good" | "bad" | "not signed by this key" | "this browser cannot check Ed25519";

/** Whether the log's own key signed a checkpoint: `name+id+base64`, C2SP signed-note. */
export async function signedBy(note: string, vkey: string): Promise<Signed> {
  const checkpoint = readCheckpoint(note);
  const [name = "", id = "", ...rest] = vkey.split("+");
  const key = fromBase64(rest.join("+"));
  if (key[0] !== 1) return "not signed by this key";
  const wanted = id.toLowerCase();
  const line = checkpoint.signatures.find(
    (s) => s.name === name && Array.from(s.data.slice(0, 4), (b) => b.toString(16).padStart(2, "0")).join("") === wanted,
  );
  if (!line) return "not signed by this key";
  try {
    const imported = await crypto.subtle.importKey("raw", key.slice(1), { name: "Ed25519" }, false, ["verify"]);
    const good = await crypto.subtle.verify("Ed25519", imported, line.data.slice(4), bytes(checkpoint.text));
    return good ? "good" : "bad";
  } catch {
    return "this browser cannot check Ed25519";
  }
}

export interface Proof {
  index: number;
  size: number;
  root: string;
  hashes: string[];
  bytes: string;
  checkpoint: string;
  key: string;
}

export interface Verified {
  leaf: string;
  root: string;
  /** The entry is under the root that the checkpoint signs. */
  included: boolean;
  signature: Signed;
  /** What failed, in words. */
  fault?: string;
}

/** Recomputes everything a server says about one entry from the entry's own bytes. */
export async function verify(proof: Proof): Promise<Verified> {
  const leaf = await leafHash(proof.bytes);
  const checkpoint = readCheckpoint(proof.checkpoint);
  const signature = await signedBy(proof.checkpoint, proof.key);
  try {
    const root = toBase64(await rootFrom(leaf, proof.index, proof.size, proof.hashes.map(fromBase64)));
    const included = root === checkpoint.root && proof.size === checkpoint.size;
    const fault = included ? undefined : "the recomputed root is not the one the checkpoint signs";
    return { leaf: toBase64(leaf), root, included, signature, ...(fault ? { fault } : {}) };
  } catch (e) {
    const fault = e instanceof Error ? e.message : String(e);
    return { leaf: toBase64(leaf), root: "", included: false, signature, fault };
  }
}
