import type { AppointmentView } from '../lib/api';
import { now } from '../lib/time';

const ahead = (view: AppointmentView) => (view.state === 'booked' || view.state === 'requested') && view.start + (view.minutes ?? 0) * 60 > now();

/** What is to come, the next one first, and what is over or called off, the newest first. */
export function byTime(views: AppointmentView[]): { upcoming: AppointmentView[]; past: AppointmentView[] } {
  return {
    upcoming: views.filter(ahead).sort((a, b) => a.start - b.start),
    past: views.filter((view) => !ahead(view)).sort((a, b) => b.start - a.start),
  };
}
