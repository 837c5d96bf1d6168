//! crosscheck
