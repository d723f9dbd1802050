/** Middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Runs the sides in turn, `rounds` times, in alternating order, so that a slow moment of the machine hits all alike.
 * Returns the median of what each returned.
 */
export async function interleave(rounds, sides) {
  const names = Object.keys(sides);
  const values = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 ? [...names].reverse() : names) values[name].push(await sides[name](round));
  }
  return Object.fromEntries(names.map((name) => [name, median(values[name])]));
}
