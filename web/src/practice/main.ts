import { mount } from 'svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import './print.css';
import Practice from './Practice.svelte';

mount(Practice, { target: document.getElementById('app')! });
