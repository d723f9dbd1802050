export type Lang = 'de' | 'en';

const LANGS: readonly Lang[] = ['de', 'en'];

function supported(tag: string | null): Lang | undefined {
  const primary = tag?.toLowerCase().split('-')[0];
  return LANGS.find((lang) => lang === primary);
}

/** The language of the page: `?lang=`, else the browser's, else the practice's, else English. */
class Locale {
  current: Lang = $state('en');
  #chosen = false;

  constructor() {
    const asked = supported(new URLSearchParams(location.search).get('lang'));
    const preferred = asked ?? navigator.languages.map(supported).find((lang) => lang !== undefined);
    this.#chosen = preferred !== undefined;
    this.#apply(preferred ?? 'en');
  }

  /** For dates and numbers: the language with the region that the browser prefers; 24-hour English where it has none. */
  get tag(): string {
    const regional = navigator.languages.find((tag) => tag.startsWith(`${this.current}-`));
    return regional ?? { de: 'de-DE', en: 'en-GB' }[this.current];
  }

  /** The person's choice; kept in the address, so that a reload and a shared link keep it. */
  choose(lang: Lang): void {
    this.#chosen = true;
    this.#apply(lang);
    const url = new URL(location.href);
    url.searchParams.set('lang', lang);
    history.replaceState(history.state, '', url);
  }

  /** The practice's language, for those whose browser speaks neither of ours. */
  suggest(tag: string): void {
    const lang = supported(tag);
    if (lang && !this.#chosen) this.#apply(lang);
  }

  #apply(lang: Lang): void {
    this.current = lang;
    document.documentElement.lang = lang;
  }
}

export const locale = new Locale();

/** The messages of the current language; reading one inside a component follows the language. */
export function dictionary<T extends object>(all: Record<Lang, T>): T {
  return new Proxy({} as T, {
    get: (_, key) => all[locale.current][key as keyof T],
  });
}
