import { mount } from 'svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import Booking from './Booking.svelte';

mount(Booking, { target: document.getElementById('app')! });
