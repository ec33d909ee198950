"""The serving store: what the web reads, published from gold."""
