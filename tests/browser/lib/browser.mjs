// Chromium with a passkey, and pages that fail the test at the first console error or policy violation.
import { chromium } from 'playwright-core';

/** Sizes of a desktop and of a phone. */
export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Starts the browser: $CHROMIUM or Debian's. */
export const startBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });

/**
 * A person at a device of their own: context and page in this language and time zone. `complaints` fills with console errors, uncaught
 * exceptions and Content-Security-Policy violations; `allow` names those that a test expects.
 */
export async function person(browser, { locale, device, timeZone = 'Europe/Berlin', allow = [] }) {
  const context = await browser.newContext({ ...device, locale, timezoneId: timeZone });
  // Generous: two cores may be busy with other tests.
  context.setDefaultTimeout(60_000);
  const complaints = [];
  const note = (text) => {
    if (!allow.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => note(`uncaught: ${error.error()}`));
  await context.exposeBinding('vestibuleViolation', (_, text) => note(text));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => {
      window.vestibuleViolation(`CSP: ${e.effectiveDirective} blocked ${e.blockedURI} ${e.sourceFile ?? ''}`);
    });
  });
  const page = await context.newPage();
  return { context, page, complaints, close: () => context.close() };
}

/** Hands every PRF output that the page's passkey gives to `found`, as hex: key bytes that the server must never see. */
export async function watchPrf({ context }, found) {
  await context.exposeBinding('vestibulePrf', (_, hex) => found(hex));
  await context.addInitScript(() => {
    const original = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = async (options) => {
      const credential = await original(options);
      const first = credential?.getClientExtensionResults().prf?.results?.first;
      if (first) window.vestibulePrf(Array.from(new Uint8Array(first), (b) => b.toString(16).padStart(2, '0')).join(''));
      return credential;
    };
  });
}

/** Gives the page a passkey device: CTAP 2.1, resident keys, user verification, PRF. */
export async function addPasskeys({ context, page }) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

/**
 * Another device with the same passkey, as one that is synchronized: what its page asks of a passkey, the page of `owner` answers,
 * whose device holds it.
 */
export async function lendPasskeys({ page: owner }, { context }) {
  await context.exposeBinding('vestibuleLent', (_, asked) =>
    owner.evaluate(async ({ challenge, rpId, salt }) => {
      const bytes = (list) => new Uint8Array(list);
      const list = (buffer) => [...new Uint8Array(buffer)];
      const credential = await navigator.credentials.get({
        publicKey: { challenge: bytes(challenge), ...(rpId && { rpId }), userVerification: 'required', extensions: { prf: { eval: { first: bytes(salt) } } } },
      });
      const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
      const parts = Object.entries({ clientDataJSON, authenticatorData, signature, userHandle }).filter(([, value]) => value);
      return {
        id: credential.id,
        rawId: list(credential.rawId),
        response: Object.fromEntries(parts.map(([key, value]) => [key, list(value)])),
        prf: list(credential.getClientExtensionResults().prf.results.first),
      };
    }, asked),
  );
  await context.addInitScript(() => {
    navigator.credentials.get = async ({ publicKey: { challenge, rpId, extensions } }) => {
      const { id, rawId, response, prf } = await window.vestibuleLent({ challenge: [...challenge], rpId, salt: [...extensions.prf.eval.first] });
      const buffer = (list) => new Uint8Array(list).buffer;
      const parts = Object.entries(response).map(([key, value]) => [key, buffer(value)]);
      return {
        id,
        type: 'public-key',
        rawId: buffer(rawId),
        response: Object.fromEntries(parts),
        getClientExtensionResults: () => ({ prf: { results: { first: buffer(prf) } } }),
      };
    };
  });
}
