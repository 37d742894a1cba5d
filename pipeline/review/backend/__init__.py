"""The live backend: a model behind Label Studio's ML backend contract, retrained from what annotators submit."""
