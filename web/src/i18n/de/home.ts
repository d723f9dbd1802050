export const home = {
  title: 'Termine, die nur Praxis und Patient lesen',
  lead: 'Vestibule ist Terminbuchung für Praxen. Namen, Adressen und Gründe werden auf dem Gerät des Patienten versiegelt; öffnen kann sie nur die Praxis. Der Server dazwischen sieht belegte Zeiten, sonst nichts.',
  found: 'Praxis gründen',
  foundText: 'In fünf Minuten: Leistungen, Sprechzeiten, Passkey, Aushang mit QR-Code.',
  signIn: 'Anmeldung für Praxen',
  signInText: 'Kalender und Einstellungen Ihrer Praxis öffnen.',
  patientTitle: 'Sie möchten einen Termin?',
  patientText:
    'Öffnen Sie den Buchungslink Ihrer Praxis oder scannen Sie den QR-Code am Aushang. Der Link enthält den Fingerabdruck der Praxis; damit prüft Ihr Gerät, für wen es versiegelt.',
  points: 'Was das heißt',
  point1: 'Ohne Konto',
  point1Text: 'Patienten buchen mit E-Mail-Adresse und einer PIN. Die PIN verlässt das Gerät nie.',
  point2: 'Geprüfte Schlüssel',
  point2Text: 'Kein Server kann sich selbst als Leser eintragen. Die Buchungsseite prüft es vor jeder Eingabe.',
  point3: 'Passkey statt Passwort',
  point3Text: 'Die Praxis öffnet ihren Kalender mit einem Passkey oder Sicherheitsschlüssel.',
};
