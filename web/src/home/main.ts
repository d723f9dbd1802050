import { mount } from 'svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import Home from './Home.svelte';

mount(Home, { target: document.getElementById('app')! });
