// What an operator does who restores yesterday's backup: while the server is down, its data becomes the copy that lies there.
import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

/** Puts `restore/` of a state folder in the place of its `data/`, if there is one. */
export function restore(state) {
  const copy = path.join(state, "restore");
  if (!existsSync(copy)) return;
  rmSync(path.join(state, "data"), { recursive: true });
  renameSync(copy, path.join(state, "data"));
}
