//! Clients that are slow, leave half-way, or send more than they should.
