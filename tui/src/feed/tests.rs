//! HTTP and stream.
