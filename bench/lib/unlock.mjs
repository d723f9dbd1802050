// Milliseconds from a right PIN to the opened patient, with one, two and three realms: servers on this machine, so the ratio shows
// what more messages cost, and no network.
import { spawnSync } from "node:child_process";

const ROUNDS = 9;

export function unlockRows(root) {
  const run = spawnSync("cargo", ["run", "--quiet", "--package", "vestibule-tests", "--example", "unlock_time", "--", String(ROUNDS)], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (run.status !== 0) throw new Error("unlock_time failed");
  const times = JSON.parse(run.stdout);
  const row = (realms, name) => ({ name, ours: times[realms], peer: times[1], ratio: times[realms] / times[1], unit: "ms", mark: "" });
  return [row(1, "unlock_1_realm"), row(2, "unlock_2_realms"), row(3, "unlock_2_of_3_realms")];
}
