import type { common as Messages } from '../de/common';

export const common: typeof Messages = {
  optional: 'optional',
  show: 'Show',
  hide: 'Hide',
  close: 'Close',
  back: 'Back',
  next: 'Continue',
  change: 'Change',
  cancel: 'Cancel',
  retry: 'Try again',
  language: 'Language',
  loading: 'Loading …',
  minutes: (count) => `${count} min`,
  stepOf: (step, total, name) => `Step ${step} of ${total}: ${name}`,
  required: 'Please fill this in.',
  emailInvalid: 'This e-mail address is incomplete.',
  copy: 'Copy',
  copied: 'Copied',
  print: 'Print',
  footer: 'Vestibule · sealed on your device',
  strengthening: 'Strengthening your PIN …',
};
