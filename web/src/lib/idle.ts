/** Minutes after which an untouched page forgets the patient's keys. */
export const IDLE_MINUTES = 10;

/** Calls `act` once when nobody touched the page for so long, also while it was in the background. Returns how to stop. */
export function onIdle(minutes: number, act: () => void): () => void {
  const EVENTS = ['pointerdown', 'keydown', 'scroll'] as const;
  let last = Date.now();
  const touch = () => (last = Date.now());
  const look = () => {
    if (Date.now() - last < minutes * 60_000) return;
    stop();
    act();
  };
  // Timers sleep with a laptop's lid; the look when the page is shown again makes up for it.
  const timer = setInterval(look, 15_000);
  for (const event of EVENTS) addEventListener(event, touch, { passive: true });
  document.addEventListener('visibilitychange', look);
  function stop(): void {
    clearInterval(timer);
    for (const event of EVENTS) removeEventListener(event, touch);
    document.removeEventListener('visibilitychange', look);
  }
  return stop;
}
