import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "packaging: builds the distributions and installs them (a minute; needs an index like PyPI)",
    )
