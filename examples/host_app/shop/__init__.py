"""A shop: orders come in by HTTP, a worker bills them, and a consumer counts them."""
