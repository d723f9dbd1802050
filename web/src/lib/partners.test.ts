import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checked, headers } from '../../partners.mjs';

const own = readFileSync(new URL('../../public/_headers', import.meta.url), 'utf8');
const policy = (origins: string[]) => /connect-src [^;]*;/.exec(headers(own, origins))?.[0];

export default {
  'the policy names exactly the partner realms'() {
    assert.equal(headers(own, []), own);
    assert.equal(policy([]), "connect-src 'self';");
    assert.equal(policy(['https://b.example', 'http://localhost:8788']), "connect-src 'self' https://b.example http://localhost:8788;");
    const changed = headers(own, ['https://b.example']);
    assert.equal(changed.replace(' https://b.example', ''), own, 'nothing else changes');
  },
  'only origins are taken, each once'() {
    for (const bad of ['*', 'https://*.example', 'https:', "'self'", 'http://b.example', 'https://b.example/', 'https://b.example/x', 'https://B.example', 'https://u@b.example', 'https://b.example;', 'http://localhost.example', '']) {
      assert.throws(() => checked([bad]), /REALMS/, bad);
    }
    assert.throws(() => checked(['https://b.example', 'https://b.example']), /twice/);
  },
  'a policy of another shape is not guessed at'() {
    assert.throws(() => headers(own.replace("connect-src 'self';", ''), []), /exactly one/);
  },
};
