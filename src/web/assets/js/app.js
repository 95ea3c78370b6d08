// app.js - starts the components of govuk-frontend that pages use. Everything works without it.
import { Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, SkipLink, Tabs, createAll } from "govuk-frontend";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink, Tabs]) createAll(component);

// Components that speak get their words from the page, in its language.
for (const element of document.querySelectorAll("[data-module='govuk-password-input']")) new PasswordInput(element);
for (const element of document.querySelectorAll("[data-module='govuk-character-count']")) new CharacterCount(element);
