//! The engine of slots against its oracle. Both tests are in one program, so that they run side by side.
mod rules;
mod zones;
