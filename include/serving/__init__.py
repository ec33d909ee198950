"""The serving store, which the web reads; published from gold."""
