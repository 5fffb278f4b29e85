using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Flotilla.EndToEnd.Links;

/// <summary>A network device of Linux whose other end is this process: what the kernel sends over it is read here as IP packets, and the other way.</summary>
internal sealed class TunDevice : IDisposable
{
    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const nuint SetInterface = 0x400454ca;
    private const short TunWithoutHeader = 0x1001;
    private const short Readable = 1;
    private readonly int handle;

    /// <exception cref="Win32Exception">The machine does not allow it.</exception>
    public TunDevice(string name)
    {
        handle = Open("/dev/net/tun", ReadWrite | NonBlocking);
        if (handle < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "/dev/net/tun cannot be opened");
        var request = new byte[40];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(16), TunWithoutHeader);
        if (Control(handle, SetInterface, request) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            Dispose();
            throw new Win32Exception(error, $"no device {name} can be made");
        }
    }

    /// <summary>Whether a packet can be read, at the latest after some milliseconds.</summary>
    public bool Wait(int milliseconds)
    {
        var wish = new PollWish { Handle = handle, Events = Readable };
        return Poll(ref wish, 1, milliseconds) > 0;
    }

    /// <returns>Bytes of the packet; 0 when there is none.</returns>
    public int Read(byte[] packet) => Math.Max(0, (int)Read(handle, packet, (nuint)packet.Length));

    public void Write(byte[] packet) => Write(handle, packet, (nuint)packet.Length);

    public void Dispose() => Close(handle);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(int handle, nuint request, byte[] argument);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollWish wish, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    private static extern nint Read(int handle, byte[] buffer, nuint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int handle, byte[] buffer, nuint count);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int handle);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollWish
    {
        public int Handle;
        public short Events;
        public short Returned;
    }
}
