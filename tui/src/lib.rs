//! The console and the command line of sanduan: what people see and type. Everything true comes
//! from the daemon as rows that are already folded; nothing here decides what is so, and nothing
//! here opens a radio, a store or a key. Of `protocol` only `base` and `local` may be imported.
//!
//! Rooms, from the socket to the eye:
//! - `feed` talks HTTP and server-sent events with the daemon over its Unix socket;
//! - `lang` has every word in Chinese and English;
//! - `paint` measures, cuts and wraps text whose glyphs are one or two columns wide;
//! - `cli` is the command line;
//! - `app` is the console's core: messages in, effects out; `screen` and `overlay` are what it
//!   shows, `keys` what keys mean, `term` the terminal;
//! - `sandbox` is a made-up daemon for tests and for trying things out.

pub mod app;
pub mod cli;
pub mod feed;
pub mod keys;
pub mod lang;
pub mod overlay;
pub mod paint;
pub mod sandbox;
pub mod screen;
pub mod term;
