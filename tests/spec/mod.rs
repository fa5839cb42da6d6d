//! What a spec may say, and what is said where it may not.

mod clouds;
mod hostile;
mod init;
mod properties;
mod refusals;
mod render;
mod schema;
mod words;
