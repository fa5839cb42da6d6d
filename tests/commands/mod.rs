//! The program as it is typed.

mod sessions;
