//! Browser bindings: opaque handles in, bytes and view data out.
