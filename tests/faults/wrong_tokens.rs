//! Somebody guesses the admin token.
