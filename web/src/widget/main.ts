import { mount } from 'svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import Widget from './Widget.svelte';

mount(Widget, { target: document.getElementById('app')! });
