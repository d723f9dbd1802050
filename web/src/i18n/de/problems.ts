/** Was schiefging, nach Kennung; für jede Kennung, die Seiten zeigen können. */
export const problems = {
  // Verzeichnis der Praxis
  'wrong-practice': 'Der Server hat die Angaben einer anderen Praxis geliefert.',
  'genesis-mismatch': 'Die Schlüssel, die der Server zeigt, passen nicht zu Ihrem Link.',
  'root-chain': 'Die Kette der Praxisschlüssel ist unterbrochen oder verändert.',
  'deployment-unsigned': 'Die Angaben zum Serverbetrieb tragen keine gültige Unterschrift der Praxis.',
  'manifest-unsigned': 'Das Schlüsselverzeichnis trägt keine gültige Unterschrift der Praxis.',
  'manifest-older': 'Der Server zeigt ein älteres Schlüsselverzeichnis, als dieses Gerät schon gesehen hat.',
  'manifest-fork': 'Der Server zeigt verschiedenen Personen verschiedene Schlüsselverzeichnisse.',
  'manifest-mismatch': 'Schlüsselverzeichnis und übrige Angaben der Praxis passen nicht zusammen.',
  'catalog-unsigned': 'Leistungen und Sprechzeiten tragen keine gültige Unterschrift der Praxis.',
  'catalog-older': 'Der Server zeigt ältere Leistungen, als dieses Gerät schon gesehen hat.',
  'catalog-differs': 'Was hier angezeigt wurde, ist nicht das, was die Praxis unterschrieben hat.',
  'catalog-invalid': 'Leistungen oder Sprechzeiten sind nicht stimmig.',
  'freshness-unsigned': 'Die Zeitangabe der Praxis trägt keine gültige Unterschrift.',
  stale: 'Die Praxis hat ihre Schlüssel seit über 30 Tagen nicht bestätigt.',
  'link-invalid': 'Dieser Link ist unvollständig. Bitte öffnen Sie den Link oder QR-Code der Praxis noch einmal.',

  // Anfragen
  network: 'Keine Verbindung. Bitte prüfen Sie das Netz und versuchen Sie es noch einmal.',
  'not-found': 'Hier ist nichts (mehr).',
  malformed: 'Die Angaben wurden nicht angenommen.',
  'unknown-suite': 'Diese Seite ist veraltet. Bitte neu laden.',
  unauthorized: 'Bitte melden Sie sich neu an.',
  forbidden: 'Das ist nicht erlaubt.',
  'slot-taken': 'Diese Zeit wurde gerade vergeben.',
  conflict: 'Das hat sich inzwischen geändert. Bitte neu laden.',
  'hold-expired': 'Die Reservierung ist abgelaufen. Bitte wählen Sie noch einmal eine Zeit.',
  'too-large': 'Die Angaben sind zu lang.',
  unverifiable: 'Eine Unterschrift oder Regel stimmt nicht.',
  'work-required': 'Bitte versuchen Sie es noch einmal.',
  'rate-limited': 'Zu viele Anfragen. Bitte warten Sie etwas.',
  internal: 'Auf dem Server ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal.',

  // PIN und Code
  'wrong-pin': 'Diese PIN passt nicht zu dieser E-Mail-Adresse.',
  'wrong-code': 'Dieser Code ist falsch oder abgelaufen.',
  locked: 'Zu viele Versuche.',
  'email-invalid': 'Diese E-Mail-Adresse ist unvollständig.',
  'device-unknown': 'Dieses Gerät ist nicht mehr bekannt. Bitte melden Sie sich mit E-Mail-Adresse und PIN an.',
  'vault-older': 'Der Server zeigt eine ältere Terminliste, als er dürfte.',

  // Einzelne Termine
  swapped: 'Der Server hat einen anderen Termin an diese Stelle gelegt.',
  'not-opened': 'Dieser Termin lässt sich nicht öffnen: Er wurde verändert oder ist nicht für Sie.',
  'state-unexplained': 'Der Server nennt einen Zustand, den niemand unterschrieben hat.',
  'older-version': 'Der Server zeigt eine ältere Fassung dieses Termins.',
  'signature-invalid': 'Die Unterschrift dieses Termins ist ungültig.',

  // Passkey
  'prf-missing': 'Dieser Passkey kann keine Schlüssel ableiten (PRF).',
  'passkey-cancelled': 'Der Vorgang wurde abgebrochen oder hat zu lange gedauert.',
  'passkey-unsupported': 'Dieser Browser unterstützt keine Passkeys.',
  'founding-code': 'Der Gründungscode ist falsch.',

  // Seite
  'module-failed': 'Das Verschlüsselungsmodul ließ sich nicht laden. Bitte laden Sie die Seite neu.',
  'worker-failed': 'Das Verschlüsselungsmodul wurde unerwartet beendet. Bitte laden Sie die Seite neu.',
  unknown: 'Etwas Unerwartetes ist passiert.',
};
