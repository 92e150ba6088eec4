// In the console of two browser tabs at http://localhost:8000
const socket = new WebSocket(`ws://${location.host}/rooms/lobby`);
socket.onmessage = ({ data }) => console.log(data);
socket.onopen = () => socket.send('hello from a tab');
