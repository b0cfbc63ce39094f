//! What `coverage` says is what the local AWS does, which shares no code with it; and its page is one that people can use.

mod browser;
mod judged;
mod page;
mod unseen;
mod world;
