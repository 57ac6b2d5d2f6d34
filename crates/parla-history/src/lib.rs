//! Messages on disk: kept, paged and searched. SQLite.
