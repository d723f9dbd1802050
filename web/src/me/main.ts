import { mount } from 'svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import Mine from './Mine.svelte';

mount(Mine, { target: document.getElementById('app')! });
