//! What is on disk against what was rendered: compare, then write only what differs.
