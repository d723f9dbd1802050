//! Cloudflare: fetch, queue, Durable Objects as adapters.
