//! Commands against a made-up daemon.
