import type { AppointmentView, Contact } from '../lib/api';

/** Whether two bookings are for the same person: children of one name are told apart by their dates of birth. */
export const samePerson = (a: Pick<Contact, 'name' | 'birthDate'>, b: Pick<Contact, 'name' | 'birthDate'>): boolean =>
  a.name.trim().toLowerCase() === b.name.trim().toLowerCase() && a.birthDate === b.birthDate;

/** The people for whom these were booked, each with the details of the latest booking. */
export function familyOf(views: AppointmentView[]): Contact[] {
  const people: Contact[] = [];
  for (const { name, email = '', phone = '', birthDate = '' } of [...views].sort((a, b) => b.start - a.start)) {
    if (!name) continue;
    const person = { name, email, phone, birthDate };
    if (!people.some((each) => samePerson(each, person))) people.push(person);
  }
  return people;
}
