"""The distribution "zhinan"; versions are pinned in constraints.txt, not here."""

from pathlib import Path
from setuptools import find_packages
from setuptools import setup


setup(
    name="zhinan",
    version="1.0.0a1",
    description="指南: service guides and documents of a city government, on Plone",
    long_description=Path(__file__).with_name("README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="GPL-2.0-only",
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Environment :: Web Environment",
        "Framework :: Plone",
        "Framework :: Plone :: 6.2",
        "Framework :: Plone :: Distribution",
        "Natural Language :: Chinese (Simplified)",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
    ],
    # 3.13.0 breaks the versioning of content (CMFEditions), later ones are untried.
    python_requires=">=3.11,<3.13",
    # profiles/ and content/ stand at the top of the checkout and are symbolic
    # links below src/zhinan, so that they are the package's own data: the
    # profile is "zhinan:default" and importlib.resources finds the content.
    packages=find_packages("src"),
    package_dir={"": "src"},
    package_data={"zhinan": ["**/*"]},
    include_package_data=True,
    zip_safe=False,
    install_requires=[
        "Plone>=6.2.2,<6.3",
        "Products.CMFPlone",
        "collective.easyform",
        "collective.z3cform.datagridfield",
        "openpyxl",
        "plone.api",
        "plone.app.caching",
        "plone.autoinclude",
        "plone.distribution",
        "plone.exportimport",
        "plone.restapi",
        "pypdf",
        "python-docx",
        "segno",
        "zope.interface",
    ],
    extras_require={
        # PyYAML reads content/sources when the content is built.
        "test": [
            "PyYAML",
            "holidays",
            "hypothesis",
            "plone.app.robotframework",
            "plone.app.testing",
            "pytest",
            "pytest-plone",
            "python-stdnum",
            "robotframework",
            "robotframework-seleniumlibrary",
        ],
        "qa": [
            "i18ndude",
            "import-linter",
            "lxml-stubs",
            "mypy",
            "ruff",
            "towncrier",
            "types-PyYAML",
            "zpretty",
        ],
    },
    entry_points={
        "console_scripts": ["zhinan = zhinan.exchange.command:main"],
        "paste.filter_factory": [
            "jobs = zhinan.jobs.thread:jobs_filter",
            "quiet = zhinan.signin.quiet:quiet_filter",
        ],
        # Commands of other rooms than the exchange's own.
        "zhinan.commands": ["keeping = zhinan.keeping.command:register"],
        "plone.autoinclude.plugin": ["target = plone"],
    },
)
