// A tiny declaration language for the wire formats: structs are definite arrays by index, optional fields that are
// absent at the end are left out and elsewhere null, enums are [variant, [fields]] or a plain integer.
import { Malformed, decode, encode } from './cbor.mjs';

const fail = (what) => {
  throw new Malformed(what);
};

const type = (name, to, from) => ({
  name,
  /** JS value to the tree that `cbor.encode` takes. */
  to,
  /** The tree of `cbor.decode` to a checked JS value. */
  from,
  encode: (value) => encode(to(value)),
  decode: (bytes) => from(decode(bytes)),
});

const plain = (name, test) => {
  const check = (v) => (test(v) ? v : fail(`${name} expected`));
  return type(name, check, check);
};

/** Unsigned integer up to `max`; a number, or a bigint from 2^53. */
export const uint = (max) => plain('uint', (v) => (typeof v === 'number' || typeof v === 'bigint') && v >= 0 && v <= max);
export const u8 = uint(0xff);
export const u16 = uint(0xffff);
export const u32 = uint(0xffff_ffff);
export const u64 = uint(0xffff_ffff_ffff_ffffn);
export const bool = plain('bool', (v) => typeof v === 'boolean');
export const text = plain('text', (v) => typeof v === 'string');
/** A byte string, of exactly `length` bytes if given. */
export const bytes = (length) =>
  plain(`bytes(${length ?? ''})`, (v) => v instanceof Uint8Array && (length === undefined || v.length === length));
/** One of these integers. */
export const oneOf = (...values) => plain(`one of ${values}`, (v) => values.includes(v));

export const list = (of) =>
  type(
    `[${of.name}]`,
    (v) => (Array.isArray(v) ? v.map(of.to) : fail('array expected')),
    (v) => (Array.isArray(v) ? v.map(of.from) : fail('array expected')),
  );

/** A field that may be absent: `undefined` in JS. Only inside a struct. */
export const optional = (of) => ({
  ...type(
    `${of.name}?`,
    (v) => (v === undefined ? null : of.to(v)),
    (v) => (v === null ? undefined : of.from(v)),
  ),
  optional: true,
});

/** A struct: `fields` in index order. */
export const struct = (name, fields) => {
  const rows = Object.entries(fields);
  return type(
    name,
    (value) => {
      for (const key of Object.keys(value)) if (!(key in fields)) fail(`${name} has no field ${key}`);
      const tree = rows.map(([key, of]) => of.to(value[key]));
      while (tree.length > 0 && rows[tree.length - 1][1].optional && tree.at(-1) === null) tree.pop();
      return tree;
    },
    (tree) => {
      if (!Array.isArray(tree) || tree.length > rows.length) fail(`${name} expected`);
      const last = tree.length - 1;
      if (last >= 0 && rows[last][1].optional && tree[last] === null) fail(`${name}: trailing null`);
      return Object.fromEntries(
        rows.map(([key, of], i) => {
          if (i > last && !of.optional) fail(`${name}.${key} is missing`);
          return [key, i > last ? undefined : of.from(tree[i])];
        }),
      );
    },
  );
};

/** An enum with data: `variants` is {name: [type, ...]} in index order, null for an index that nothing has; a JS value is {is: name, of: [values]}. */
export const sum = (name, variants) => {
  const rows = Object.entries(variants);
  return type(
    name,
    ({ is, of = [] }) => {
      const index = rows.findIndex(([key]) => key === is);
      if (index < 0 || !rows[index][1] || of.length !== rows[index][1].length) fail(`${name}.${is}`);
      return [index, rows[index][1].map((t, i) => t.to(of[i]))];
    },
    (tree) => {
      const [key, types] = (Array.isArray(tree) && tree.length === 2 && rows[tree[0]]) || fail(`${name} expected`);
      if (!types) fail(`${name} has nothing at ${tree[0]}`);
      if (!Array.isArray(tree[1]) || tree[1].length !== types.length) fail(`${name}.${key}`);
      return { is: key, of: types.map((t, i) => t.from(tree[1][i])) };
    },
  );
};
