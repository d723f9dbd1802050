/** An origin as people read it: the host, with a port where it has one. */
export const hostOf = (origin: string): string => origin.replace(/^https?:\/\//, '');
