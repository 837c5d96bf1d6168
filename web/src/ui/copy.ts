/** Says a thing that was done, for eyes and for screen readers. */
export function say(text: string): void {
  let line = document.getElementById("said");
  if (!line) {
    line = document.createElement("output");
    line.id = "said";
    document.body.append(line);
  }
  line.textContent = text;
  line.classList.add("shown");
  window.setTimeout(() => line.classList.remove("shown"), 2500);
}

export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${what}`);
  } catch {
    // No clipboard here: a file does as well.
    save(text, "text/csv", "table.csv");
  }
}

/** Offers a file. */
export function save(text: string, type: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(`Saved ${name}`);
}
