//! Two nodes in memory.
