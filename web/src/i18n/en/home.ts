import type { home as Messages } from '../de/home';

export const home: typeof Messages = {
  title: 'Appointments that only practice and patient can read',
  lead: 'Vestibule is appointment booking for medical practices. Names, addresses and reasons are sealed on the patient’s device, and only the practice can open them. The server in between sees which times are taken, and nothing else.',
  found: 'Found a practice',
  foundText: 'In five minutes: services, hours, passkey, poster with QR code.',
  signIn: 'Practice sign-in',
  signInText: 'Open your practice’s calendar and settings.',
  patientTitle: 'Would you like an appointment?',
  patientText:
    'Open your practice’s booking link, or scan the QR code on its poster. The link carries the practice’s fingerprint; with it your device checks for whom it seals.',
  points: 'What this means',
  point1: 'No account',
  point1Text: 'Patients book with an e-mail address and a PIN. The PIN never leaves the device.',
  point2: 'Verified keys',
  point2Text: 'No server can add itself as a reader. The booking page checks this before anything is entered.',
  point3: 'Passkey instead of password',
  point3Text: 'The practice opens its calendar with a passkey or a security key.',
};
