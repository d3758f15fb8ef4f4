"""The Django app of the demo."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo's commands; it has no models."""

    name = "newsroom.demo"
    label = "newsroom_demo"
    verbose_name = "Demo newsroom"
