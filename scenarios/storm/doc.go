// Package storm looks for what nobody thought of: it plays seeded random stories of payers, shops and faults, many
// payments at a chosen rate, in the words of the features, and has only the invariants of money as judge. A story that breaks
// one is played again in ever shorter forms until no step can be left out, and is kept as a feature file.
package storm
